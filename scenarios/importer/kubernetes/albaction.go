package kubernetes

import (
	"strings"

	"stickysim/scenarios/importer/internal/alb"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// albAction reads an action of the AWS Load Balancer Controller: JSON in an annotation that a backend names in the place of a Service.
func (im *translation) albAction(o *object, a *tree.Node) {
	docs, err := tree.Documents(a.File, []byte(a.Value()), strings.ToLower)
	if err != nil || len(docs) != 1 || !docs[0].Is(tree.Map) {
		im.NotCarried(a, "%s: no JSON object", source.Short(a.Key))
		return
	}
	n := docs[0]
	moveTo(n, a.Place)
	im.Translated(a, "%s", source.Short(a.Key))
	kind := n.Get("type")
	if kind.Value() != "forward" {
		im.Harmless(n, "action %s: answered by the load balancer, without a server", kind)
		return
	}
	im.Translated(kind, "type: forward")
	sticky, duration := n.Get("forwardconfig", "targetgroupstickinessconfig"), sim.Time(0)
	if d := sticky.Get("durationseconds"); d != nil {
		if t, ok := d.Seconds(); ok && t <= 7*24*sim.Hour {
			duration = t
			im.Translated(d, "durationSeconds: %v", t)
		}
	}
	if e := sticky.Get("enabled"); e != nil {
		im.Translated(e, "targetGroupStickinessConfig.enabled: %s", e)
	}
	s := split{of: o, how: alb.Split(sticky.Get("enabled").True(), duration)}
	for _, g := range n.Get("forwardconfig", "targetgroups").Children() {
		s.parts = append(s.parts, part{pool: im.albTarget(o, g), at: g})
	}
	if len(s.parts) > 1 {
		im.splits = append(im.splits, s)
	}
	n.Account(im.Input, known(), a.Key)
}

// albTarget makes the pool of a Service in an action, and returns its index; negative for what is no Service.
func (im *translation) albTarget(o *object, g *tree.Node) int {
	name := g.Get("servicename")
	if name.Value() == "" {
		im.NotCarried(g, "a target group that is not of a Service is not in these files")
		return -1
	}
	im.Translated(name, "serviceName: %s", name)
	g.Get("weight").Cover(true) // its remark comes when the pools are joined
	if port := g.Get("serviceport"); port != nil {
		im.Harmless(port, "servicePort: how pods are reached")
	}
	key := "alb/" + o.name + "/" + o.ref("Service", name.Value())
	if made := im.placed(key); made >= 0 {
		return made
	}
	p := im.newPool(o, name.Value())
	im.place(key)
	p.Balancers.Scope = "process"
	im.albIngress(o, im.named[o.ref("Service", name.Value())], p)
	return im.placed(key)
}

// moveTo gives n and all in it another place.
func moveTo(n *tree.Node, at ir.Place) {
	n.Place = at
	for _, x := range n.Items {
		moveTo(x, at)
	}
}
