# The R package mgcv: the regressions of incremental costs and effects that EVPPI by GAM consists of (Strong et al. 2014).
source("tests/benchmarks/peers/common.R")
suppressPackageStartupMessages(library(mgcv))
sample <- reference("psa_sample.csv")
over_first <- function(outcome) as.matrix(sample[paste0(outcome, 2:3)] - sample[[paste0(outcome, 1)]])
COSTS <- over_first("cost_")
EFFECTS <- over_first("qaly_")
gain <- function(net_benefit) mean(pmax(0, net_benefit[, 1], net_benefit[, 2])) - max(0, colMeans(net_benefit))
perfect <- sapply(THRESHOLDS, function(k) gain(k * EFFECTS - COSTS))
knowing <- function(group) {
  smooth <- reformulate(sprintf("te(%s, bs = 'cr')", paste(group, collapse = ", ")), "y")
  expected <- function(outcome) apply(outcome, 2, function(y) gam(smooth, data = cbind(sample, y = y))$fitted.values)
  costs <- expected(COSTS)
  effects <- expected(EFFECTS)
  shares <- sapply(THRESHOLDS, function(k) gain(k * effects - costs)) / perfect
  setNames(shares, paste(paste(group, collapse = " "), THRESHOLDS))
}
timed("EVPPI of 8 parameters", function() lapply(names(sample)[1:8], knowing))
timed("EVPPI of 2 pairs", function() lapply(PAIRS, knowing))
