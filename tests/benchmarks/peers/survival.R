# The R package survival: survreg, Kaplan-Meier with restricted means, Cox.
source("tests/benchmarks/peers/common.R")
suppressPackageStartupMessages(library(survival))
data <- curves()
for (name in c("exponential", "weibull", "lognormal", "loglogistic"))
  timed(name, function() lapply(data, function(x) survreg(Surv(time, event) ~ 1, x, dist = name)$loglik[2]))
timed("Kaplan-Meier, mean to 36 months", function()
  lapply(data, function(x) summary(survfit(Surv(time, event) ~ 1, x), rmean = 36)$table[["rmean"]]))
trial <- reference("ipd.csv")
timed("Cox", function() list(
  pfs = coxph(Surv(pfs_time, pfs_event) ~ arm, trial)$coefficients[[1]],
  os = coxph(Surv(os_time, os_event) ~ arm, trial)$coefficients[[1]]))
