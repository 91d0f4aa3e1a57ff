package haproxy

import (
	"strconv"
	"strings"
	"testing"

	"stickysim/policies"
	"stickysim/policies/replay"
	"stickysim/policies/replay/goldentest"
)

// Every recorded decision of HAProxy 2.6.12 is met; haproxy/random in distribution.
func TestRecordings(t *testing.T) {
	goldentest.Run(t, "haproxy", func(c goldentest.Case) (policies.Config, []replay.Server, string, error) {
		cfg, err := recorded(c)
		return cfg, c.ReplayServers(), c.KeyKind(), err
	})
}

// words returns a parameter that is a list of words.
func words(c goldentest.Case, name string) (list []string) {
	items, _ := c.Params[name].([]any)
	for _, x := range items {
		list = append(list, x.(string))
	}
	return list
}

func recorded(c goldentest.Case) (policies.Config, error) {
	o, h := DefaultOptions(), DefaultHashing()
	o.Retries = optionInt(c.Param("retries"))
	for _, name := range words(c, "options") {
		o.AllBackups = o.AllBackups || name == "allbackups"
		if name == "redispatch" {
			o.Redispatch = -1
		}
	}
	if c.Param("hash_type") != "" {
		h = Hashing{HashType: c.Param("hash_type"), Function: c.Param("hash_function"), Avalanche: c.Param("avalanche") == "true", BalanceFactor: optionInt(c.Param("hash_balance_factor"))}
	}
	line := strings.Join(append([]string{c.Param("balance")}, words(c, "balance_args")...), " ")
	if cookie, ok := c.Params["cookie"].(map[string]any); ok {
		cfg := Cookie{Options: o, Hashing: h, Balance: line, Clock: c.Clock()}
		list := cookie["options"].([]any)
		for i, word := range list {
			switch word {
			case "insert", "prefix":
				cfg.Mode = word.(string)
			case "maxidle":
				cfg.MaxIdle = optionTime(list[i+1].(string))
			case "maxlife":
				cfg.MaxLife = optionTime(list[i+1].(string))
			}
		}
		return cfg, nil
	}
	if table := words(c, "stick_table"); table != nil {
		return recordedTable(StickTable{Options: o, Hashing: h, Balance: line, Key: words(c, "stick")[1]}, table), nil
	}
	b, err := ParseBalance(line)
	_, cfg := b.Config(o, h)
	return cfg, err
}

func recordedTable(cfg StickTable, table []string) StickTable {
	for i, word := range table {
		switch word {
		case "type":
			cfg.Type = table[i+1]
		case "len":
			cfg.Len = optionInt(table[i+1])
		case "nopurge":
			cfg.NoPurge = true
		case "expire":
			cfg.Expire = optionTime(table[i+1])
		case "size":
			digits, kilo := strings.CutSuffix(table[i+1], "k")
			n, _ := strconv.Atoi(digits)
			if cfg.Size = policies.Bytes(n); kilo {
				cfg.Size *= 1024
			}
		}
	}
	return cfg
}
