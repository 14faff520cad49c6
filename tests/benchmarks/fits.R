# Processor time of R's optim (BFGS, with the Hessian) on the likelihoods of tests/benchmarks/fits.py, in R's own distribution
# functions: what a fit by flexsurv takes at the least. Run with: Rscript tests/benchmarks/fits.R
trial <- read.csv("tests/reference/ipd.csv")
data <- list()
for (endpoint in c("pfs", "os")) for (arm in unique(trial$arm))
  data[[paste(endpoint, arm)]] <- trial[trial$arm == arm, paste0(endpoint, c("_time", "_event"))]

gengamma <- function(t, p, tail) {
  w <- (log(t) - p[1]) / exp(p[2]); a <- p[3]^-2; u <- a * exp(p[3] * w)
  if (tail) return(pgamma(u, a, lower.tail = p[3] < 0, log.p = TRUE))
  log(abs(p[3])) + a * log(u) - u - lgamma(a) - p[2] - log(t)
}
of_r <- function(density, survival) function(t, p, tail)
  if (tail) survival(t, exp(p[1]), exp(p[2]), lower.tail = FALSE, log.p = TRUE) else density(t, exp(p[1]), exp(p[2]), log = TRUE)
families <- list(
  weibull = list(of_r(dweibull, pweibull), function(t) c(0, log(mean(t)))),
  gamma = list(of_r(dgamma, pgamma), function(t) log(c(mean(t)^2, mean(t)) / var(t))),
  generalised_gamma = list(gengamma, function(t) c(mean(log(t)), log(sd(log(t))), 1e-4)))

fit <- function(family, x) {
  dead <- x[x[[2]] == 1, 1]; alive <- x[x[[2]] == 0, 1]
  loss <- function(p) -sum(family[[1]](dead, p, FALSE)) - sum(family[[1]](alive, p, TRUE))
  optim(family[[2]](x[[1]]), loss, method = "BFGS", hessian = TRUE)
}
for (name in names(families)) {
  used <- suppressWarnings(system.time(for (i in 1:20) lapply(data, fit, family = families[[name]])))
  cat(sprintf("%-18s %5.1f ms each\n", name, sum(used[1:2]) / 20 / length(data) * 1000))
}
