// Command recorded evaluates expressions and `when` conditions with Argo's
// own code. It reads JSON lines, first the variables, then pairs of a kind
// and a text, and writes each pair with its result; null is a refusal.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"

	"github.com/Knetic/govaluate"
	"github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"github.com/argoproj/argo-workflows/v3/util/expr/argoexpr"
	argointstr "github.com/argoproj/argo-workflows/v3/util/intstr"
	"github.com/argoproj/argo-workflows/v3/util/template"
	"github.com/expr-lang/expr/parser"
	"github.com/sirupsen/logrus"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// status is what a task's condition can see of another task.
type status struct {
	Succeeded, Failed, Errored, Skipped, Omitted bool
	Daemoned, AnySucceeded, AllFailed            bool
}

var statuses = map[string]status{
	"a":   {Succeeded: true},
	"b_c": {Failed: true, AllFailed: true},
	"d":   {Skipped: true},
	"e":   {Omitted: true},
	"all": {Errored: true, AnySucceeded: true},
}

// substituted replaces the tags of one text as Argo does in a template.
func substituted(text string, variables map[string]any) any {
	document, err := json.Marshal(map[string]string{"v": text})
	if err != nil {
		return nil
	}
	replaced, err := template.Replace(string(document), variables, false)
	if err != nil {
		return nil
	}
	var value map[string]string
	if json.Unmarshal([]byte(replaced), &value) != nil {
		return nil
	}
	return value["v"]
}

// decided evaluates a condition: govaluate with bare words as strings.
func decided(when string) any {
	expression, err := govaluate.NewEvaluableExpression(when)
	if err != nil {
		return nil
	}
	tokens := expression.Tokens()
	for i := range tokens {
		if tokens[i].Kind == govaluate.VARIABLE {
			tokens[i].Kind = govaluate.STRING
		}
	}
	expression, err = govaluate.NewEvaluableExpressionFromTokens(tokens)
	if err != nil {
		return nil
	}
	result, err := expression.Evaluate(nil)
	if decision, ok := result.(bool); ok && err == nil {
		return decision
	}
	return nil
}

// scalar reads a JSON value as Argo reads the value of a parameter.
func scalar(text string) any {
	var value v1alpha1.AnyString
	if json.Unmarshal([]byte(text), &value) != nil {
		return nil
	}
	return value.String()
}

// parsed returns whether a text is an expression.
func parsed(text string) any {
	if _, err := parser.Parse(text); err != nil {
		return nil
	}
	return true
}

// met evaluates the condition of a task.
func met(text string) any {
	value, err := argoexpr.EvalBool(text, statuses)
	if err != nil {
		return nil
	}
	return value
}

// seconds reads a duration.
func seconds(text string) any {
	value, err := v1alpha1.ParseStringToDuration(text)
	if err != nil {
		return nil
	}
	return value.Seconds()
}

// number reads a JSON value as a limit.
func number(text string) any {
	var value intstr.IntOrString
	if json.Unmarshal([]byte(text), &value) != nil {
		return nil
	}
	whole, err := argointstr.Int(&value)
	if err != nil {
		return nil
	}
	return *whole
}

// items reads a list to fan out over: for each item its description, under
// the empty name, and the variables that it sets.
func items(text string) any {
	var list []v1alpha1.Item
	if json.Unmarshal([]byte(text), &list) != nil {
		return nil
	}
	rows := []map[string]string{}
	for _, item := range list {
		row := map[string]string{"": item.String(), "item": item.String()}
		switch item.GetType() {
		case v1alpha1.String:
			row["item"] = item.GetStrVal()
		case v1alpha1.List:
			written, _ := json.Marshal(item.GetListVal())
			row["item"] = string(written)
			row[""] = fmt.Sprintf("%v", item.GetListVal())
		case v1alpha1.Map:
			members := item.GetMapVal()
			written, _ := json.Marshal(members)
			row["item"] = string(written)
			parts := []string{}
			for name, member := range members {
				row["item."+name] = fmt.Sprintf("%v", member)
				parts = append(parts, fmt.Sprintf("%s:%v", name, member))
			}
			sort.Strings(parts)
			row[""] = strings.Join(parts, ",")
		}
		rows = append(rows, row)
	}
	return rows
}

// result evaluates one text; a panic in Argo's code is a refusal.
func result(kind, text string, variables map[string]any) (value any) {
	defer func() {
		if recover() != nil {
			value = nil
		}
	}()
	switch kind {
	case "depends":
		return met(text)
	case "duration":
		return seconds(text)
	case "items":
		return items(text)
	case "number":
		return number(text)
	case "parse":
		return parsed(text)
	case "scalar":
		return scalar(text)
	case "when":
		return decided(text)
	default:
		return substituted(text, variables)
	}
}

func main() {
	logrus.SetLevel(logrus.PanicLevel)
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	var variables map[string]any
	if err := in.Decode(&variables); err != nil {
		panic(err)
	}
	if err := out.Encode(variables); err != nil {
		panic(err)
	}
	for in.More() {
		var row [2]string
		if err := in.Decode(&row); err != nil {
			panic(err)
		}
		value := result(row[0], row[1], variables)
		if err := out.Encode([3]any{row[0], row[1], value}); err != nil {
			panic(err)
		}
	}
}
