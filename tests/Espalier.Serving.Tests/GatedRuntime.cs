using System.Collections.Concurrent;

namespace Espalier.Serving.Tests;

/// <summary>The CPU runtime, held at a gate: so tests decide when a batch is computed and see what is in it.</summary>
internal sealed class GatedRuntime : IRuntime, IDisposable
{
    private readonly SemaphoreSlim _gate = new(0);
    private readonly SemaphoreSlim _entered = new(0);

    public string Name => "gated";

    /// <summary>Whether batches wait at the gate.</summary>
    public bool Closed { get; set; }

    /// <summary>The error that every batch fails with, or <see langword="null"/>.</summary>
    public Exception? Error { get; set; }

    /// <summary>The samples of each batch so far.</summary>
    public ConcurrentQueue<int> Batches { get; } = [];

    public IRunnable Prepare(Model model, RunOptions options = default) => new Gated(this, Runtimes.Cpu.Prepare(model, options));

    public ITrainingRun PrepareTraining(Model model, TrainingRunOptions options) => throw new NotSupportedException();

    /// <summary>Waits until the next batch has come to the gate.</summary>
    public async Task AwaitBatch() => Assert.True(await _entered.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken));

    /// <summary>Lets one batch through.</summary>
    public void Release() => _gate.Release();

    /// <summary>Lets all through from now on.</summary>
    public void Open()
    {
        Closed = false;
        _gate.Release(1000);
    }

    public void Dispose()
    {
        _gate.Dispose();
        _entered.Dispose();
    }

    private void Pass(int samples)
    {
        Batches.Enqueue(samples);
        if (Closed)
        {
            _entered.Release();
            _gate.Wait();
        }

        if (Error is { } error)
        {
            throw error;
        }
    }

    private sealed class Gated(GatedRuntime gate, IRunnable inner) : IRunnable
    {
        public Graph Graph => inner.Graph;

        public IReadOnlyList<Tensor> RunAll(Tensor input)
        {
            gate.Pass(input.Shape[0]);
            return inner.RunAll(input);
        }

        public void Run(ReadOnlySpan<float> input, Span<float> output)
        {
            gate.Pass(input.Length / (int)Graph.ShapeOf(Graph.Input.Name).Count);
            inner.Run(input, output);
        }

        public void Dispose() => inner.Dispose();
    }
}
