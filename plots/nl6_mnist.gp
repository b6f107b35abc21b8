# NL6 on MNIST: ten ways to give the layers of one net their error, ordered by the test error that they end with; beside each name what an update waits for.
finding = "MNIST, one rate for all: the SG rules end where backprop does"
load 'plots/nl6_one_framework.gp'
