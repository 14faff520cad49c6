# The R package flexsurv: seven distributions, and splines with 1 to 3 internal knots on three scales.
source("tests/benchmarks/peers/common.R")
suppressPackageStartupMessages(library(flexsurv))
data <- curves()
fit_all <- function(name, fit) timed(name, function() lapply(data, function(x) suppressWarnings(fit(x))$loglik))
NAMES <- c(exponential = "exp", weibull = "weibull", gompertz = "gompertz", loglogistic = "llogis", lognormal = "lnorm",
           gamma = "gamma", generalised_gamma = "gengamma")
for (name in names(NAMES)) fit_all(name, function(x) flexsurvreg(Surv(time, event) ~ 1, data = x, dist = NAMES[[name]]))
for (scale in c("hazard", "odds", "normal")) for (k in 1:3)
  fit_all(paste0("spline_", scale, "_", k), function(x) flexsurvspline(Surv(time, event) ~ 1, data = x, k = k, scale = scale))
