package main

import (
	"sync"

	"linecheck/cmd/internal/wiring"
	"linecheck/gui/model"
)

// texts gives the texts in a language, each read once. English always is there.
func texts() (func(language string) model.Words, error) {
	fallback, err := wiring.Messages("en")
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	known := map[string]model.Words{}
	return func(language string) model.Words {
		mu.Lock()
		defer mu.Unlock()
		if w, ok := known[language]; ok {
			return w
		}
		var w model.Words = fallback
		if c, err := wiring.Messages(language); err == nil {
			w = c
		}
		known[language] = w
		return w
	}, nil
}

// languages are those that the person can choose.
func languages() (out []model.Language) {
	all, err := wiring.Languages()
	if err != nil {
		return nil
	}
	for _, l := range all {
		out = append(out, model.Language(l))
	}
	return out
}
