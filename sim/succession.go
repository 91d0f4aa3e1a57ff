package sim

// succession says in which order the clients of a recording send. Requests are numbered from 1 here, in the order of the
// recording; 0 is none.
type succession struct {
	first []uint32 // by request: one of those that follow it
	next  []uint32 // by request: another one that follows the same; of one that begins a session, its client's next such
	start []uint32 // by client: the request that begins its first session
}

// rounding is how far the times of one log can contradict each other, a millisecond: an answer that seems to come so much
// after its client's next request came before it.
func (t *Trace) rounding() Time {
	if t.Hour > 0 {
		return t.Hour / (Hour / Millisecond)
	}
	return Millisecond
}

// ends is when a request was answered, in the time of the recording.
func (q *TraceRequest) ends() Time { return q.At + FromSeconds(float64(q.Took)) }

// succession finds what follows what. In a causal loop a request follows the answer that its client had last when it was
// sent; one that was sent before the first answer of its session follows the first request, as do those that overlap it. In
// the other loops it follows the request before.
func (t *Trace) succession(loop Loop) succession {
	s := succession{make([]uint32, len(t.Requests)+1), make([]uint32, len(t.Requests)+1), make([]uint32, len(t.Clients))}
	clients := make([]progress, len(t.Clients))
	var open answers
	slack := t.rounding()
	for i := range t.Requests {
		q, number := &t.Requests[i], uint32(i)+1
		c := &clients[q.Client]
		for loop == Causal && len(open) > 0 && open[0].at <= q.At+slack {
			clients[t.Requests[open[0].number-1].Client].hears(open[0].number)
			open.pop()
		}
		switch {
		case c.start == 0:
			s.start[q.Client] = number
			c.begins(number)
		case t.Gap > 0 && q.At-c.sent >= t.Gap:
			s.next[c.start] = number
			c.begins(number)
		default:
			s.next[number] = s.first[c.leads]
			s.first[c.leads] = number
		}
		c.sent = q.At
		if loop == Causal {
			open.push(answer{q.ends(), number})
		} else {
			c.leads = number
		}
	}
	return s
}

// progress is how far a client has come in the recording.
type progress struct {
	start uint32 // request that began its session
	leads uint32 // request that its next one follows
	sent  Time   // its last request
}

func (c *progress) begins(number uint32) { c.start, c.leads = number, number }

// hears notes an answer; one to a request of an earlier session comes too late to be followed.
func (c *progress) hears(number uint32) {
	if number >= c.start {
		c.leads = number
	}
}

// answer is when a request was answered.
type answer struct {
	at     Time
	number uint32
}

// answers are those still to come, the next one first: a binary heap.
type answers []answer

func (a answers) before(i, j int) bool {
	return a[i].at < a[j].at || a[i].at == a[j].at && a[i].number < a[j].number
}

func (a *answers) push(x answer) {
	*a = append(*a, x)
	h := *a
	for i := len(h) - 1; i > 0 && h.before(i, (i-1)/2); i = (i - 1) / 2 {
		h[i], h[(i-1)/2] = h[(i-1)/2], h[i]
	}
}

func (a *answers) pop() {
	h := *a
	last := len(h) - 1
	h[0] = h[last]
	h = h[:last]
	for i := 0; ; {
		least := i
		for k := 2*i + 1; k <= 2*i+2 && k < last; k++ {
			if h.before(k, least) {
				least = k
			}
		}
		if least == i {
			break
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
	*a = h
}
