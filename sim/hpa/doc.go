// Package hpa decides like the horizontal pod autoscaler of Kubernetes: from what pods report, what they should
// report, and what was decided before, the number of replicas there should be. It is a pure function of its inputs and
// the history it keeps; it knows nothing of clusters or of simulations.
//
// A decision takes the steps of the controller, in its order:
//
//	proposal       per metric, ceil(pods × current/target), unless the ratio is within the tolerance; pods that are not
//	               ready or report nothing are counted so that they dampen the change (calculator.go)
//	maximum        of the metrics' proposals; a metric without a value forbids scaling down (controller.go)
//	stabilisation  within the highest and lowest proposals of the windows (stabilize.go)
//	rate           within what the policies allow per period, and within the limits (rate.go)
//
// Sources: kubernetes/kubernetes, pkg/controller/podautoscaler: replica_calculator.go and horizontal.go as of version
// 1.33 (one tolerance for each direction, KEP-4951), metrics/utilization.go, and pkg/apis/autoscaling/v2/defaults.go;
// kubernetes/website, docs/tasks/run-application/horizontal-pod-autoscale.md. Arithmetic is the controller's: whole
// percent for utilisations and whole thousandths for values, both cut off, not rounded. Metrics of objects and external
// metrics are not modelled.
//
// Floor 0.
package hpa
