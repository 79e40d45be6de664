package boxing

import (
	"context"
	"fmt"
	sl "log/slog"
	"time"
)

type id int

func lines(ctx context.Context, rows []string, took time.Duration, err error) {
	count, ratio := 1000, 0.5
	for i, row := range rows {
		sl.Info("row", "index", i, "text", row, "id", id(i), "err", err)
		sl.InfoContext(ctx, "failed",
			"count", count,
			"ratio", ratio,
			"took", took,
			sl.Bool("last", true),
			"since", time.Since(time.Time{}),
		)
		sl.Debug(fmt.Sprint("x", i), "n", uint64(i), "k", int32(i))
	}
}

func polled(rows []string) {
	for i := range rows {
		sl.Info("often", "row", i)
		time.Sleep(time.Millisecond)
	}
}

func compared(sizes []int) {
	for i, size := range sizes {
		sl.Info("part", "first", i == 0, "size", size, "below", -1)
	}
}
