// Package aws holds the policies of Amazon's load balancers: Application (aws-alb), Network (aws-nlb) and Classic
// (aws-elb). A deregistered or unhealthy target gets no new requests at once, sticky or not. When no target is
// healthy an Application Load Balancer uses them all (fail open), and clients stay with theirs, which is an assumption.
//
// Floor 4.
package aws
