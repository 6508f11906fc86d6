// Runs workflows in Argo's own controller, with pods that end as their
// arguments say. It is compiled as one of the controller's tests: it needs
// what the controller does not export. See record.sh.
package controller

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	apiv1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/record"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
)

// A workflow that has not ended by then never ends.
const mostWaves = 300

type recordedRun struct {
	Name    string               `json:"name"`
	Phase   string               `json:"phase"`
	Message string               `json:"message"`
	Nodes   map[string][3]string `json:"nodes"`
}

// exitCode reads a pod's arguments: a code, how many tries fail with it, and
// the number of this try.
func exitCode(pod *apiv1.Pod) int32 {
	for _, container := range pod.Spec.Containers {
		if container.Name != "main" {
			continue
		}
		code, _ := strconv.Atoi(container.Args[0])
		until, _ := strconv.Atoi(container.Args[1])
		number, _ := strconv.Atoi(container.Args[2])
		if number < until {
			return int32(code)
		}
	}
	return 0
}

// updatePods changes all pods that have not ended.
func updatePods(ctx context.Context, woc *wfOperationCtx, change func(*apiv1.Pod)) {
	client := woc.controller.kubeclientset.CoreV1().Pods(woc.wf.Namespace)
	pods, err := client.List(ctx, metav1.ListOptions{})
	if err != nil {
		panic(err)
	}
	for _, pod := range pods.Items {
		if pod.Status.Phase == apiv1.PodSucceeded || pod.Status.Phase == apiv1.PodFailed {
			continue
		}
		change(&pod)
		updated, err := client.Update(ctx, &pod, metav1.UpdateOptions{})
		if err != nil {
			panic(err)
		}
		waitForPod(woc, updated)
	}
}

// waitForPod waits until the controller has seen a pod's phase.
func waitForPod(woc *wfOperationCtx, pod *apiv1.Pod) {
	store := woc.controller.PodController.TestingPodInformer().GetStore()
	for {
		known, exists, err := store.GetByKey(pod.Namespace + "/" + pod.Name)
		if err != nil {
			panic(err)
		}
		if exists && known.(*apiv1.Pod).Status.Phase == pod.Status.Phase {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func start(pod *apiv1.Pod) {
	pod.Status.Phase = apiv1.PodRunning
}

func end(pod *apiv1.Pod) {
	code := exitCode(pod)
	pod.Status.Phase = apiv1.PodSucceeded
	reason := "Completed"
	if code != 0 {
		pod.Status.Phase = apiv1.PodFailed
		reason = "Error"
	}
	pod.Status.ContainerStatuses = []apiv1.ContainerStatus{{
		Name: "main",
		State: apiv1.ContainerState{Terminated: &apiv1.ContainerStateTerminated{
			ExitCode: code, Reason: reason,
		}},
	}}
}

func recordedOf(wf *wfv1.Workflow) recordedRun {
	run := recordedRun{
		Name:    wf.Name,
		Phase:   string(wf.Status.Phase),
		Message: wf.Status.Message,
		Nodes:   map[string][3]string{},
	}
	for _, node := range wf.Status.Nodes {
		run.Nodes[node.Name] = [3]string{string(node.Type), string(node.Phase), node.Message}
	}
	return run
}

// recorded runs a workflow; one that ends the controller itself has no phase.
func recorded(wf *wfv1.Workflow) (run recordedRun) {
	defer func() {
		if recover() != nil {
			run = recordedRun{Name: wf.Name, Nodes: map[string][3]string{}}
		}
	}()
	cancel, controller := newController(wf)
	defer cancel()
	// Nobody reads the events.
	controller.eventRecorderManager = &testEventRecorderManager{eventRecorder: &record.FakeRecorder{}}
	ctx := context.Background()
	woc := newWorkflowOperationCtx(wf, controller)
	for wave := 0; wave < mostWaves && !woc.wf.Status.Fulfilled(); wave++ {
		// The controller looks several times before a pod ends.
		for look := 0; look < 3 && !woc.wf.Status.Fulfilled(); look++ {
			woc = newWorkflowOperationCtx(woc.wf, controller)
			woc.operate(ctx)
			updatePods(ctx, woc, start)
		}
		updatePods(ctx, woc, func(pod *apiv1.Pod) {
			end(pod)
			woc.wf.Status.MarkTaskResultComplete(woc.nodeID(pod))
		})
	}
	return recordedOf(woc.wf)
}

func TestRecorded(t *testing.T) {
	logrus.SetLevel(logrus.PanicLevel)
	logrus.StandardLogger().ExitFunc = func(int) { panic("the controller ends itself") }
	in, err := os.Open(os.Getenv("RECORDED_IN"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(os.Getenv("RECORDED_OUT"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var wf wfv1.Workflow
		if err := json.NewDecoder(strings.NewReader(lines.Text())).Decode(&wf); err != nil {
			t.Fatal(err)
		}
		if err := encoder.Encode(recorded(&wf)); err != nil {
			t.Fatal(err)
		}
	}
}
