# The R package IPDfromKM: patients from a digitised curve and numbers at risk (Guyot et al. 2012).
source("tests/benchmarks/peers/common.R")
suppressPackageStartupMessages({library(IPDfromKM); library(survival)})
TIMES <- c(12, 24, 36)
of_curve <- function(table) split(table, paste(table$endpoint, table$arm))
clicks <- of_curve(reference("digitised_km.csv"))
risks <- of_curve(reference("numbers_at_risk.csv"))
timed("reconstruction", function() lapply(setNames(nm = names(clicks)), function(curve) {
  counted <- risks[[curve]]$time != "total_events"
  at_risk <- risks[[curve]][counted, ]
  points <- clicks[[curve]][c("time", "survival")]
  prepared <- preprocess(points, trisk = as.numeric(at_risk$time), nrisk = at_risk$n_risk, maxy = 1)
  made <- getIPD(prepared, armID = 1, tot.events = risks[[curve]]$n_risk[!counted])$IPD
  setNames(summary(survfit(Surv(time, status) ~ 1, made), times = TIMES)$surv, TIMES)
}))
