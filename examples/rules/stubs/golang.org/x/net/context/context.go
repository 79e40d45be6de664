package context

import "context"

type Context = context.Context

func Background() Context { return context.Background() }
