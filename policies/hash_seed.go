package policies

import (
	"stickysim/sim"
	"stickysim/sim/rng"
)

// hashSeed is where the hashing policies get their seed: a replication draws other hashes than the next, so that
// results average over the luck of one hash function. All balancer instances of a run use the same.
func hashSeed(env sim.Env, policy string) rng.Key { return env.Hash.Stream(policy) }
