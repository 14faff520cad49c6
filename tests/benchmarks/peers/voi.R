# The R package voi: EVPI, and EVPPI by GAM and by Gaussian process as shares of the EVPI.
source("tests/benchmarks/peers/common.R")
library(voi)
sample <- reference("psa_sample.csv")
outputs <- list(c = sample[paste0("cost_", 1:3)], e = sample[paste0("qaly_", 1:3)], k = THRESHOLDS)
inputs <- sample[1:8]
perfect <- function() setNames(evpi(outputs)$evpi, THRESHOLDS)
timed("EVPI", perfect)
knowing <- function(groups, method) {
  found <- evppi(outputs, inputs, pars = groups, method = method)
  setNames(found$evppi / perfect()[as.character(found$k)], paste(gsub(",", " ", found$pars), found$k))
}
timed("EVPPI of 8 parameters", function() knowing(as.list(names(inputs)), "gam"))
timed("EVPPI of 2 pairs", function() knowing(PAIRS, "gam"))
timed("EVPPI of 2 pairs by Gaussian process", function() knowing(PAIRS, "gp"))
