namespace Espalier.Serving.Tests;

public sealed class BatcherTests : IDisposable
{
    private readonly GatedRuntime _gate = new() { Closed = true };

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task What_is_cancelled_while_it_is_computed_has_its_answer()
    {
        Batcher batcher = Create();
        using var cancelled = new CancellationTokenSource();
        BatchRequest request = Request(1);
        Task running = batcher.RunAsync(request, cancelled.Token);
        await _gate.AwaitBatch();
        await cancelled.CancelAsync();
        Assert.False(running.IsCompleted);
        _gate.Open();
        await running;
        Assert.Equal(TinyTensors.Logits(TinyTensors.Samples(1)), request.Outputs[0]);
        batcher.Close();
    }

    [Fact]
    public async Task What_is_late_when_its_turn_comes_is_not_computed()
    {
        Batcher batcher = Create();
        Task first = batcher.RunAsync(Request(1), TestContext.Current.CancellationToken);
        await _gate.AwaitBatch();
        Task late = batcher.RunAsync(Request(2, deadline: 1), TestContext.Current.CancellationToken);
        Task next = batcher.RunAsync(Request(3), TestContext.Current.CancellationToken);
        _gate.Open();
        await first;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => late);
        await next;
        Assert.Equal([1, 1], _gate.Batches);
        batcher.Close();
    }

    [Fact]
    public async Task Closed_it_computes_what_waits_and_takes_nothing_more()
    {
        Batcher batcher = Create();
        Task first = batcher.RunAsync(Request(1), TestContext.Current.CancellationToken);
        await _gate.AwaitBatch();
        Task second = batcher.RunAsync(Request(2), TestContext.Current.CancellationToken);
        batcher.Close();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => batcher.RunAsync(Request(3), TestContext.Current.CancellationToken));
        _gate.Open();
        await Task.WhenAll(first, second);
    }

    [Fact]
    public async Task All_outputs_of_a_network_are_computed()
    {
        _gate.Closed = false;
        Model model = TinyData.Model();
        Graph graph = model.Graph;
        string middle = graph.Nodes[^4].Name;
        Assert.NotEqual(graph.Outputs[0], middle);
        Model two = new(new Graph(graph.Nodes, [graph.Outputs[0], middle]), model.Parameters, model.Metadata);
        var batcher = new Batcher(new BatchRun(_gate.Prepare(two), graph.ShapeOf(graph.Input.Name)), new BatcherOptions(4, TimeSpan.FromMinutes(1)), _ => { });
        BatchRequest[] requests = [Request(1, samples: 1), Request(5, samples: 3)];
        await Task.WhenAll(requests.Select(request => batcher.RunAsync(request, TestContext.Current.CancellationToken)));
        Assert.Equal([4], _gate.Batches);
        foreach ((BatchRequest request, float[] input) in requests.Zip([TinyTensors.Samples(1, 1), TinyTensors.Samples(3, 5)]))
        {
            IReadOnlyList<Tensor> expected = Runtimes.Cpu.RunAll(two, Tensor.From([request.Samples, 3, 32, 32], input));
            Assert.Equal(expected.Select(output => output.Read<float>().ToArray()), request.Outputs);
        }

        batcher.Close();
    }

    private Batcher Create() => new(new BatchRun(_gate.Prepare(TinyData.Model()), [3, 32, 32]), new BatcherOptions(8, TimeSpan.Zero), _ => { });

    private static BatchRequest Request(int seed, long deadline = long.MaxValue, int samples = 1) => new(TinyTensors.Samples(samples, seed), samples, new Admission(8).TryEnter(samples)!) { Deadline = deadline };
}
