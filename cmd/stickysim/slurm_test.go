package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// slurmConf is a cluster of this machine alone: no systemd, no munge, on the loopback.
const slurmConf = `ClusterName=local
SlurmctldHost=localhost(127.0.0.1)
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
AuthType=auth/none
CredType=cred/none
SlurmUser=root
SlurmdUser=root
SlurmctldPort=16817
SlurmdPort=16818
StateSaveLocation=%[1]s/state
SlurmdSpoolDir=%[1]s/spool
SlurmctldPidFile=%[1]s/ctld.pid
SlurmdPidFile=%[1]s/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=0,sched_interval=2,sched_min_interval=0
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MaxArraySize=10001
MinJobAge=30
ReturnToService=2
SlurmdParameters=config_overrides
NodeName=n0 NodeAddr=127.0.0.1 NodeHostname=localhost CPUs=2 RealMemory=1000 State=UNKNOWN
PartitionName=all Nodes=n0 Default=YES MaxTime=60 State=UP
`

// The scripts of --emit slurm run on a real Slurm: four shards of a run, and of a sweep of 64 points and 3 alternatives,
// merged, are the result of one. It needs STICKYSIM_LIVE=1, Debian's slurm-wlm, and to be root.
func TestLiveSlurm(t *testing.T) {
	if os.Getenv("STICKYSIM_LIVE") == "" {
		t.Skip("STICKYSIM_LIVE is not set")
	}
	for _, name := range []string{"slurmctld", "slurmd", "sbatch", "sinfo"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Fatalf("STICKYSIM_LIVE is set and %s is missing: install slurm-wlm", name)
		}
	}
	dir := t.TempDir()
	startSlurm(t, dir)
	bin := filepath.Join(dir, "bin")
	program(t, ".", "go", "build", "-o", filepath.Join(bin, "stickysim"), ".")
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	const study = "run mm1 --replications 10 --duration 1m --quiet"
	script := program(t, dir, "stickysim", strings.Fields(study+" --out out --shard auto/4 --emit slurm")...)
	if err := os.WriteFile(filepath.Join(dir, "job.sh"), script, 0o755); err != nil {
		t.Fatal(err)
	}
	program(t, dir, "sbatch", "--wait", "--array=0,1,3", "job.sh") // the command line overrides the script
	var said bytes.Buffer
	early := exec.Command("stickysim", "merge", "out", "--out", "out")
	early.Dir, early.Stderr = dir, &said
	if err := early.Run(); err == nil || !strings.Contains(said.String(), "shard 3 of 4 is missing: replications 2, 6") {
		t.Errorf("merging without a shard: %v, %s", err, said.String())
	}
	program(t, dir, "sbatch", "--wait", "--array=2", "job.sh")
	program(t, dir, "stickysim", "merge", "out", "--out", "out", "--quiet")
	program(t, dir, "stickysim", strings.Fields(study+" --out one")...)
	for _, name := range []string{"result.json", "metrics.csv", "servers.csv", "timeseries.csv", "latency_quantiles.svg"} {
		got, err := os.ReadFile(filepath.Join(dir, "out", name))
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join(dir, "one", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s of the shards differs from that of one run (%v)", name, err)
		}
	}
	slurmSweep(t, dir)
}

// slurmSweep runs the shards of a sweep on the cluster.
func slurmSweep(t *testing.T, dir string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "swept.yaml"), []byte(sweptScenario), 0o666); err != nil {
		t.Fatal(err)
	}
	sweep := []string{"sweep", "swept.yaml", "--set", "servers.count=2,3", "--set", "policies.cookie.ttl=1s..32s by 1s", "--parquet", "--quiet"}
	script := program(t, dir, "stickysim", append(sweep, "--shard", "auto/4", "--emit", "slurm", "--out", "parts")...)
	if err := os.WriteFile(filepath.Join(dir, "sweep.sh"), script, 0o755); err != nil {
		t.Fatal(err)
	}
	program(t, dir, "sbatch", "--wait", "sweep.sh")
	program(t, dir, "stickysim", "merge", "parts", "--out", "merged", "--quiet")
	program(t, dir, "stickysim", append(sweep, "--out", "whole")...)
	sameFiles(t, filepath.Join(dir, "whole"), filepath.Join(dir, "merged"))
}

// startSlurm starts a cluster whose files are in dir, and waits until its node is idle.
func startSlurm(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"state", "spool"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	conf := filepath.Join(dir, "slurm.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, slurmConf, dir), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SLURM_CONF", conf)
	for _, args := range [][]string{{"slurmctld", "-D", "-c"}, {"slurmd", "-D", "-N", "n0"}} {
		log, err := os.Create(filepath.Join(dir, args[0]+".log"))
		if err != nil {
			t.Fatal(err)
		}
		daemon := exec.Command(args[0], args[1:]...)
		daemon.Stdout, daemon.Stderr = log, log
		if err := daemon.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = daemon.Process.Signal(os.Interrupt)
			_ = daemon.Wait()
			log.Close()
		})
	}
	const limit = time.Minute // reached only if Slurm fails
	for end := time.Now().Add(limit); ; time.Sleep(200 * time.Millisecond) {
		out, err := exec.Command("sinfo", "-h").CombinedOutput()
		if err == nil && strings.Contains(string(out), "idle") {
			return
		}
		if time.Now().After(end) {
			text, _ := os.ReadFile(filepath.Join(dir, "slurmctld.log"))
			t.Fatalf("no idle node: %s\n%s", out, text)
		}
	}
}

// program is the output of a program that must succeed.
func program(t *testing.T, dir, name string, args ...string) []byte {
	t.Helper()
	var out, failed bytes.Buffer
	c := exec.Command(name, args...)
	c.Dir, c.Stdout, c.Stderr = dir, &out, &failed
	if err := c.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out.String(), failed.String())
	}
	return out.Bytes()
}
