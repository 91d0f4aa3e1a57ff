// Package cloud holds what the cloud products' policies share: plain balancing algorithms over healthy targets, and
// a cookie that names a target in front of them. The products publish what they do, not how; where a detail is
// unpublished (ties, starting places) the choice is even and drawn.
//
// Floor 3.
package cloud
