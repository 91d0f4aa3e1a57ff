package haproxy

// filling spreads slots over servers by weight. In slot k of total, a server of weight w is due w·k/total slots; the one that has
// had the fewest of them, in whole slots, gets the slot; the first among equals. It takes total·log(servers) steps, since a server
// is looked at only when it gets a slot and when it is due one more.
type filling struct {
	slots []int32
	had   []int32 // slots that a server has had
	lead  []int32 // slots that it is due, less those that it has had
	heap  []int64 // servers by lead, greatest first, then by index; entries of former leads stay behind
	first []int32 // per slot: one more than the first server that is due one more then; 0 = none
	next  []int32 // per server: the next one of the same slot, as in first
}

// spread returns the server of each slot. It is valid until the next call.
func (f *filling) spread(weight []int, total int) []int32 {
	f.slots = f.slots[:0]
	if total == 1 {
		f.slots = append(f.slots, 0)
		return f.slots
	}
	f.had, f.lead, f.next = zeros(f.had, len(weight)), zeros(f.lead, len(weight)), zeros(f.next, len(weight))
	f.first, f.heap = zeros(f.first, total+1), f.heap[:0]
	for i := range weight {
		f.push(int32(i))
		f.due(int32(i), weight[i], 0, total)
	}
	for k := 1; k <= total; k++ {
		for at := f.first[k]; at != 0; {
			i := at - 1
			at = f.next[i]
			f.lead[i] = int32(weight[i]*k/total) - f.had[i]
			f.push(i)
			f.due(i, weight[i], k, total)
		}
		best := f.pop()
		f.had[best]++
		f.lead[best]--
		f.push(best)
		f.slots = append(f.slots, best)
	}
	return f.slots
}

// due notes when a server of a weight is due one more slot than in slot k.
func (f *filling) due(i int32, weight, k, total int) {
	if weight <= 0 {
		return
	}
	more := weight*k/total + 1
	if at := (more*total + weight - 1) / weight; at <= total {
		f.next[i], f.first[at] = f.first[at], i+1
	}
}

// push adds a server with its lead to the heap.
func (f *filling) push(i int32) {
	f.heap = append(f.heap, int64(-f.lead[i])<<32|int64(i))
	for at := len(f.heap) - 1; at > 0; {
		above := (at - 1) / 2
		if f.heap[above] <= f.heap[at] {
			return
		}
		f.heap[above], f.heap[at] = f.heap[at], f.heap[above]
		at = above
	}
}

// pop takes the server with the greatest lead from the heap.
func (f *filling) pop() int32 {
	for {
		top, last := f.heap[0], len(f.heap)-1
		f.heap[0] = f.heap[last]
		f.heap = f.heap[:last]
		for at := 0; ; {
			least := 2*at + 1
			if least >= last {
				break
			}
			if least+1 < last && f.heap[least+1] < f.heap[least] {
				least++
			}
			if f.heap[at] <= f.heap[least] {
				break
			}
			f.heap[at], f.heap[least] = f.heap[least], f.heap[at]
			at = least
		}
		if i := int32(top & 0xffffffff); int32(-(top >> 32)) == f.lead[i] {
			return i
		}
	}
}

// zeros returns n zeros in the room of list.
func zeros(list []int32, n int) []int32 {
	if cap(list) < n {
		return make([]int32, n)
	}
	list = list[:n]
	clear(list)
	return list
}
