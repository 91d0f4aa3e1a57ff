package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// server is the name under which the test binary serves command lines, as serve does.
const server = "stickysim-server"

// variables are those of the environment that scripts set for command lines which are served.
var variables = []string{"CI_NODE_INDEX", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "NO_COLOR"}

// asked is a command line, where it is given, and the values of the variables.
type asked struct {
	Dir  string
	Env  []string
	Args []string
}

// answered is what the program answers.
type answered struct {
	Code        int
	Out, ErrOut []byte
}

// serve runs the program once for each command line that it reads, without the cost of a start.
func serve() {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	os.Stdout = os.Stderr // what is written there by mistake does not pass for an answer
	for {
		var q asked
		if err := in.Decode(&q); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			panic(err)
		}
		if err := os.Chdir(q.Dir); err != nil {
			panic(err)
		}
		for i, value := range q.Env {
			if err := os.Setenv(variables[i], value); err != nil {
				panic(err)
			}
		}
		var stdout, stderr bytes.Buffer
		code := run(context.Background(), strings.NewReader(""), &stdout, &stderr, q.Args)
		if err := out.Encode(answered{code, stdout.Bytes(), stderr.Bytes()}); err != nil {
			panic(err)
		}
	}
}

// served is the process that serves the command lines of one script.
type served struct {
	ask   *json.Encoder // nil until the first line
	reply *json.Decoder
}

type servedKey struct{}

// setServed gives a script its process, which starts with the first line.
func setServed(env *testscript.Env) error {
	env.Values[servedKey{}] = new(served)
	return nil
}

// callServed runs a command line in the process of the script and returns the exit code.
func callServed(ts *testscript.TestScript, args []string) int {
	s := ts.Value(servedKey{}).(*served)
	if s.ask == nil {
		s.start(ts)
	}
	q := asked{Dir: ts.MkAbs("."), Args: args}
	for _, name := range variables {
		q.Env = append(q.Env, ts.Getenv(name))
	}
	ts.Check(s.ask.Encode(q))
	var a answered
	ts.Check(s.reply.Decode(&a))
	for _, to := range []struct {
		w    io.Writer
		text []byte
	}{{ts.Stdout(), a.Out}, {ts.Stderr(), a.ErrOut}} {
		_, err := to.w.Write(to.text)
		ts.Check(err)
	}
	return a.Code
}

func (s *served) start(ts *testscript.TestScript) {
	cmd := exec.Command(server)
	for _, name := range []string{"PATH", "HOME", "TMPDIR"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	cmd.Dir, cmd.Stderr = ts.MkAbs("."), os.Stderr
	in, err := cmd.StdinPipe()
	ts.Check(err)
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() {
		ts.Check(in.Close())
		ts.Check(cmd.Wait())
	})
	s.ask, s.reply = json.NewEncoder(in), json.NewDecoder(out)
}
