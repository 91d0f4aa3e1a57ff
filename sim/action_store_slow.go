package sim

// StoreSlow makes the session store work at Action.Factor of its speed for Action.Repair.
var StoreSlow = registerAction(&ActionKind{
	Name: "store_slow", Doc: "the session store works at another speed",
	Params:   []ActionParam{speedFactor, required(lasting("for", "how long it lasts"))},
	noEffect: withoutStore,
	once:     (*run).storeSlow,
})
