package main

import ("stickysim/reports";"stickysim/sim/experiment";"errors")

func writeDir(string, *experiment.Result, reports.Meta) error { return errors.New("not there") }
