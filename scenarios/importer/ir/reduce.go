package ir

// Reduce divides weights by what divides all of them, so that 100, 100 and 200 become 1, 1 and 2: shares stay as they are, and
// rings and turns become no larger than they must.
func Reduce(servers []Server) {
	divisor := 0
	for _, s := range servers {
		for a, b := divisor, s.Info.Weight; ; a, b = b, a%b {
			if b == 0 {
				divisor = a
				break
			}
		}
	}
	for i := range servers {
		if divisor > 1 {
			servers[i].Info.Weight /= divisor
		}
	}
}
