# The R package hesim: three states, two strategies and the draws that peers.py writes into the folder given. Time in years.
source("tests/benchmarks/peers/common.R")
suppressPackageStartupMessages({library(data.table); library(hesim)})
draws_of <- function(name) read.csv(file.path(commandArgs(trailingOnly = TRUE)[1], paste0(name, ".csv")))
STATES <- c("progression_free", "progressed")
cohort <- hesim_data(strategies = data.table(strategy_id = 1:2, intercept = 1, treated = c(0, 1)),
                     patients = data.table(patient_id = 1), states = data.table(state_id = 1:2, state_name = STATES))
values_of_states <- function(name) {
  draws <- as.matrix(draws_of(name))
  n <- nrow(draws)
  table <- data.table(state_id = rep(1:2, n), sample = rep(seq_len(n), each = 2), value = as.vector(t(draws)))
  create_StateVals(stateval_tbl(table, dist = "custom"), hesim_data = cohort, n = n)
}
curve <- function(name, family) {  # columns: parameter.intercept and, where the strategies differ, parameter.treated
  draws <- draws_of(name)
  parameter <- sub("[.].*", "", names(draws))
  coefficients <- lapply(split(seq_along(draws), factor(parameter, unique(parameter))), function(columns)
    setNames(draws[columns], sub(".*[.]", "", names(draws)[columns])))
  params_surv(coefs = coefficients, dist = family)
}
cases <- draws_of("cases")
for (i in seq_len(nrow(cases))) {
  case <- cases[i, ]
  of_case <- function(endpoint) curve(paste(case$name, endpoint, sep = "."), case[[endpoint]])
  endpoints <- params_surv_list(pfs = of_case("pfs"), os = of_case("os"))
  covariates <- expand(cohort, by = c("strategies", "patients"))
  model <- Psm$new(survival_models = create_PsmCurves(endpoints, input_data = covariates),
                   utility_model = values_of_states("utilities"), cost_models = list(care = values_of_states("annual_costs")))
  timed(case$name, function() {
    model$sim_survival(t = seq(0, case$horizon_years, length.out = case$n_times))
    suppressWarnings(model$sim_stateprobs())  # it warns of curves that cross
    model$sim_qalys(dr = case$rate, lys = TRUE)
    model$sim_costs(dr = case$rate)
    health <- model$qalys_[, .(life_years = mean(lys), qalys = mean(qalys)), by = .(strategy_id, state_id)]
    money <- model$costs_[, .(costs = mean(costs)), by = .(strategy_id, state_id)]
    means <- melt(merge(health, money), id.vars = c("strategy_id", "state_id"))
    setNames(means$value, paste(means$variable, c("old", "new")[means$strategy_id], STATES[means$state_id]))
  })
}
