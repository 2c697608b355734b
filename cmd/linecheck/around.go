package main

import (
	"context"

	"linecheck/checks/machine"
	"linecheck/checks/network"
	"linecheck/gui/model"
)

// around looks at the computer's surroundings; the load is that between two looks.
func around() func(context.Context) model.Around {
	var before machine.Glance
	return func(ctx context.Context) model.Around {
		now := machine.Look(ctx)
		a := model.Around{Link: network.Link(ctx), Power: now.Power, Load: -1}
		if load, ok := now.Load(before); ok {
			a.Load = load
		}
		before = now
		return a
	}
}
