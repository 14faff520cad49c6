# What the peers' scripts share: the data of tests/reference and the timing. Run from the folder of the project.
options(scipen = 20)
reference <- function(name) read.csv(file.path("tests", "reference", name))
THRESHOLDS <- c(1e5, 1.5e5, 3e5)
PAIRS <- list(c("log_hr_pfs", "log_hr_os"), c("u_pf", "u_pd"))

# Time and event of each arm and endpoint of the synthetic trial.
curves <- function() {
  trial <- reference("ipd.csv")
  found <- list()
  for (endpoint in c("pfs", "os")) for (arm in unique(trial$arm)) {
    mine <- trial[trial$arm == arm, paste0(endpoint, c("_time", "_event"))]
    found[[paste(endpoint, arm)]] <- setNames(mine, c("time", "event"))
  }
  found
}

# Prints the numbers that a task gives and its processor time: median of five runs of 0.1 s or more, or one run beyond 5 s.
timed <- function(task, work) {
  once <- function(times) {
    used <- system.time(for (i in seq_len(times)) numbers <<- unlist(work()), gcFirst = FALSE)
    sum(used[c("user.self", "sys.self")]) / times
  }
  numbers <- NULL
  first <- once(1)
  times <- max(1, ceiling(0.1 / max(first, 1e-3)))
  seconds <- if (first > 5) first else median(sapply(1:5, function(run) once(times)))
  cat(sprintf("%s\t%s\t%.17g\n", task, c("seconds", names(numbers)), c(seconds, numbers)), sep = "")
}
