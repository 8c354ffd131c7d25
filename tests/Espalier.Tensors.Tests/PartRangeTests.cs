namespace Espalier.Tensors.Tests;

public class PartRangeTests
{
    [Fact]
    public void Its_owner_takes_from_the_front_and_others_from_the_back()
    {
        var range = new PartRange(3, 7);
        Assert.Equal([3, 6, 4, 5, PartRange.None, PartRange.None], [range.TakeFirst(), range.TakeLast(), range.TakeFirst(), range.TakeLast(), range.TakeFirst(), range.TakeLast()]);
    }

    [Fact]
    public void An_empty_one_has_nothing_to_take()
    {
        var range = new PartRange(2, 2);
        Assert.Equal(PartRange.None, range.TakeFirst());
        Assert.Equal(PartRange.None, range.TakeLast());
    }

    [Fact]
    public void Every_part_is_taken_once_however_many_take()
    {
        const int Parts = 200_000;
        PartRange[] range = [new PartRange(0, Parts)];
        var taken = new int[Parts];
        using var start = new Barrier(3);
        Thread[] threads = [.. Enumerable.Range(0, 3).Select(i => new Thread(() =>
        {
            start.SignalAndWait();
            for (int part = Take(i); part != PartRange.None; part = Take(i))
            {
                Interlocked.Increment(ref taken[part]);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.All(taken, times => Assert.Equal(1, times));

        int Take(int thread) => thread == 0 ? range[0].TakeFirst() : range[0].TakeLast();
    }

    [Fact]
    public void A_threads_parts_are_neighbours_until_others_run_out()
    {
        var job = new WorkerJob(8, 2, part => { });
        Assert.Equal([0, 1, 2, 3, 7, 6, 5, 4], Taken(job, 0));
        Assert.Equal([4, 5, 6, 7, 3, 2, 1, 0], Taken(new WorkerJob(8, 2, part => { }), 1));
        Assert.Equal([1, 0], Taken(new WorkerJob(2, 3, part => { }), 2));
    }

    private static List<int> Taken(WorkerJob job, int thread)
    {
        var parts = new List<int>();
        for (int part = job.Take(thread); part != PartRange.None; part = job.Take(thread))
        {
            parts.Add(part);
        }

        return parts;
    }
}
