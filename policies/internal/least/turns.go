package least

// Turns is a smooth weighted round robin: each round gives every place its weight as credit, and the one that is taken pays. Among
// the places with the least load the one with the most credit is the best, the first of equals. What a place gains follows from
// its weight and the number of rounds, so a round costs as many steps as there are different weights; the best one and a payment
// cost the logarithm of the number of places with the weight more. Sums are exact while weights are whole numbers.
type Turns struct {
	classes []class
	at      []position // by place
	total   float64    // weights of all places that are in
}

// class is the places of one weight.
type class struct {
	weight float64
	rounds float64
	places []int32 // by their place in the tree
	tree   Tree    // by load, then by debt: what a place has paid, less the credit that it began with
}

// position is where a place is kept.
type position struct{ class, place int32 }

// Place is the beginning of a place in [Turns.Fill].
type Place struct {
	Weight, Load, Credit float64
	Out                  bool // it takes part from [Turns.Enter] on
}

// Fill makes the places 0 to n-1.
func (t *Turns) Fill(n int, place func(i int) Place) {
	t.classes, t.at, t.total = t.classes[:0], t.at[:0], 0
	for i := range n {
		t.at = append(t.at, t.sort(int32(i), place(i).Weight))
	}
	for c := range t.classes {
		x := &t.classes[c]
		x.tree.Reset(len(x.places))
		for j, i := range x.places {
			if p := place(int(i)); !p.Out {
				x.tree.Enter(j, p.Load, -p.Credit, 1)
				t.total += x.weight
			}
		}
		x.tree.Build()
	}
}

// sort finds place i a position in the class of its weight.
func (t *Turns) sort(i int32, weight float64) position {
	c := 0
	for c < len(t.classes) && t.classes[c].weight != weight {
		c++
	}
	switch {
	case c < len(t.classes):
	case c < cap(t.classes):
		t.classes = t.classes[:c+1]
		x := &t.classes[c]
		x.weight, x.rounds, x.places = weight, 0, x.places[:0]
	default:
		t.classes = append(t.classes, class{weight: weight})
	}
	x := &t.classes[c]
	x.places = append(x.places, i)
	return position{int32(c), int32(len(x.places) - 1)}
}

// Total is the sum of the weights of all places that are in.
func (t *Turns) Total() float64 { return t.total }

// Round gives every place that is in its weight as credit.
func (t *Turns) Round() {
	for c := range t.classes {
		t.classes[c].rounds++
	}
}

// Best is the best place, with its credit; -1 where none is in.
func (t *Turns) Best() (place int, credit float64) {
	place = -1
	load := 0.0
	for c := range t.classes {
		x := &t.classes[c]
		if x.tree.Empty() {
			continue
		}
		i, l, has := int(x.places[x.tree.First()]), x.tree.Load(), x.credit(x.tree.Debt())
		if place < 0 || l < load || l == load && (has > credit || has == credit && i < place) {
			place, load, credit = i, l, has
		}
	}
	return place, credit
}

func (c *class) credit(debt float64) float64 { return c.rounds*c.weight - debt }

// Credit is the credit of a place that is in.
func (t *Turns) Credit(place int) float64 {
	x, at := t.find(place)
	_, debt := x.tree.Of(at)
	return x.credit(debt)
}

func (t *Turns) find(place int) (x *class, at int) {
	p := t.at[place]
	return &t.classes[p.class], int(p.place)
}

// Pay takes credit from a place that is in.
func (t *Turns) Pay(place int, amount float64) {
	x, at := t.find(place)
	load, debt := x.tree.Of(at)
	x.tree.Set(at, load, debt+amount, 1)
}

// Move changes the load of a place that is in.
func (t *Turns) Move(place int, load float64) {
	x, at := t.find(place)
	x.tree.Move(at, load)
}

// Enter lets a place take part that is out.
func (t *Turns) Enter(place int, load, credit float64) {
	x, at := t.find(place)
	x.tree.Set(at, load, x.credit(credit), 1)
	t.total += x.weight
}

// Leave takes a place out that is in.
func (t *Turns) Leave(place int) {
	x, at := t.find(place)
	x.tree.Out(at)
	t.total -= x.weight
}
