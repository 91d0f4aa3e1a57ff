package metric

import (
	"math"
	"strconv"
	"strings"
)

// Quantile is one of those that every distribution of times is reported by.
type Quantile struct {
	Name string // p95
	P    float64
}

// Quantiles are reported of every distribution of times. Others are not kept.
var Quantiles = [...]Quantile{{"p50", .5}, {"p75", .75}, {"p90", .9}, {"p95", .95}, {"p99", .99}, {"p99.9", .999}}

// Times are the families of a distribution of times: its mean and quantiles.
type Times struct {
	Mean      *Family
	Quantiles [len(Quantiles)]*Family
}

// RegisterTimes registers NAME.mean and NAME.p50 to NAME.p99.9 of a distribution. f.Short names the time, such as
// "time from sending a request to its answer". show says where each is shown, by its last word: "mean", "p95".
func RegisterTimes(f Family, show map[string]Show) Times {
	base, short := f.Name, f.Short
	f.Kind, f.Better = Time, Less
	one := func(statistic, words, formula string) *Family {
		g := f
		if statistic != "p95" { // who looks for percentiles is shown one
			g.Also = nil
		}
		g.Name, g.Short, g.Formula, g.Show = base+"."+statistic, words+": "+short, formula, show[statistic]
		return Register(g)
	}
	t := Times{Mean: one("mean", "mean", "sum of the times / number of times")}
	for i, q := range Quantiles {
		share := strconv.FormatFloat(100*q.P, 'f', -1, 64)
		t.Quantiles[i] = one(q.Name, q.Name, "the time that "+share+" % of the times do not exceed; from a histogram of all replications, to within 0.5 %")
		t.Quantiles[i].Quantile = q.P
	}
	return t
}

// Spread are the families of a quantity that every server has: how large it is, and how unevenly it is distributed.
type Spread struct{ Mean, Max, PeakToMean, CV, Jain, Gini *Family }

// RegisterSpread registers NAME.mean, .max, .peak_to_mean, .cv, .jain and .gini of a quantity per server. f.Short
// names the quantity; max gives the direction of NAME.max. show is as for RegisterTimes.
func RegisterSpread(f Family, max Better, show map[string]Show) Spread {
	base, short, doc := f.Name, f.Short, f.Doc
	one := func(statistic, words, formula, undefined string, kind Kind, better Better) *Family {
		g := f
		if statistic != "mean" {
			g.Also = nil
		}
		g.Name, g.Kind, g.Better, g.Formula, g.Show = base+"."+statistic, kind, better, formula, show[statistic]
		g.Short = words + ": " + short
		g.Doc, g.Undefined = doc, "when no server was in service"+undefined
		if statistic == "jain" || statistic == "gini" {
			g.Most = 1
		}
		return Register(g)
	}
	const zero = ", or all servers have 0"
	return Spread{
		Mean:       one("mean", "mean server", "sum of value × time in service / sum of the times in service", "", f.Kind, Neither),
		Max:        one("max", "hottest server", "mean over the server time with the highest values, as long as the longest time in service; the largest value where all servers were there equally long", "", f.Kind, max),
		PeakToMean: one("peak_to_mean", "highest over mean", "highest (as in .max) / mean; 1 = all equal", zero, Factor, Less),
		CV:         one("cv", "variation (CV)", "root mean square of (value − mean) × time in service / root mean square of mean × time in service; the standard deviation over the servers / mean where all were there equally long; 0 = all equal", zero, Factor, Less),
		Jain:       one("jain", "Jain's fairness index", "1 / (1 + cv²); 1 = all equal, 1/number = one has all", zero, Factor, More),
		Gini:       one("gini", "Gini coefficient", "half the mean difference of two moments of server time / mean; 0 = all equal", zero, Factor, Less),
	}
}

// nearestQuantile is the reported quantile nearest to one that is not: latency.p95 for latency.p94; "" for other names.
func nearestQuantile(name string) string {
	i := strings.LastIndex(name, ".p")
	if i < 0 {
		return ""
	}
	if j := strings.LastIndex(name[:i], ".p"); j >= 0 && strings.Trim(name[j+2:i], "0123456789") == "" {
		i = j // p99.95
	}
	p, err := strconv.ParseFloat(name[i+2:], 64)
	if err != nil {
		return ""
	}
	best, least := "", math.Inf(1)
	for _, q := range Quantiles {
		if d := math.Abs(p - 100*q.P); d < least && Lookup(name[:i+1]+q.Name) != nil {
			best, least = name[:i+1]+q.Name, d
		}
	}
	return best
}
