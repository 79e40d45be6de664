package go124

import "sync"

func bumpCRLF(rows []int) {
	var wg sync.WaitGroup
	for i := range rows {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			rows[i]++
		}(i)
	}
	wg.Wait()
}
