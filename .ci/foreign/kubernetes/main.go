// Command kubernetes reads a Job from standard input as Kubernetes' own types have it, and fails on fields that they do not
// know and on values that an Indexed Job must not have.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

func main() {
	if err := check(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(in io.Reader) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	var job batch.Job
	if err := yaml.UnmarshalStrict(text, &job); err != nil {
		return err
	}
	s, pod := job.Spec, job.Spec.Template.Spec
	switch {
	case job.APIVersion != "batch/v1" || job.Kind != "Job":
		return fmt.Errorf("%s %s is no Job", job.APIVersion, job.Kind)
	case s.CompletionMode == nil || *s.CompletionMode != batch.IndexedCompletion || s.Completions == nil || *s.Completions < 1:
		return errors.New("not an Indexed Job with completions")
	case s.BackoffLimitPerIndex == nil || s.PodFailurePolicy == nil || s.PodFailurePolicy.Rules[0].Action != batch.PodFailurePolicyActionFailIndex:
		return errors.New("a part that fails is not limited")
	case pod.RestartPolicy != core.RestartPolicyNever: // backoffLimitPerIndex needs it
		return errors.New("restartPolicy is not Never")
	case len(pod.Containers) != 1 || len(pod.Containers[0].Command) < 3:
		return errors.New("not one container with a command")
	}
	have := map[string]bool{}
	for _, v := range pod.Volumes {
		have[v.Name] = v.PersistentVolumeClaim != nil || v.ConfigMap != nil
	}
	for _, m := range pod.Containers[0].VolumeMounts {
		if !have[m.Name] {
			return fmt.Errorf("there is no volume %q", m.Name)
		}
	}
	fmt.Println(job.Name, *s.Completions, pod.Containers[0].Command)
	return nil
}
