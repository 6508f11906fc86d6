// Command recorded evaluates expressions and `when` conditions with Argo's
// own code. It reads JSON lines, first the variables, then pairs of a kind
// and a text, and writes each pair with its result; null is a refusal.
package main

import (
	"bufio"
	"encoding/json"
	"os"

	"github.com/Knetic/govaluate"
	"github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"github.com/argoproj/argo-workflows/v3/util/template"
	"github.com/sirupsen/logrus"
)

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

// result evaluates one text; a panic in Argo's code is a refusal.
func result(kind, text string, variables map[string]any) (value any) {
	defer func() {
		if recover() != nil {
			value = nil
		}
	}()
	switch kind {
	case "when":
		return decided(text)
	case "scalar":
		return scalar(text)
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
