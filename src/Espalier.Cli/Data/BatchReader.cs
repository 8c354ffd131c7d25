using Espalier.Tensors;

namespace Espalier.Cli.Data;

/// <summary>Decodes, resizes, crops and normalises images on worker threads, one batch ahead of the network.</summary>
/// <param name="preprocessor">How an image becomes an input.</param>
/// <param name="batch">Images in a batch; the last one may have fewer.</param>
/// <param name="threads">Threads that decode.</param>
internal sealed class BatchReader(Preprocessor preprocessor, int batch, int threads)
{
    private readonly List<SampleFailure> _failures = [];

    /// <summary>The images that could not be read so far, in order.</summary>
    internal IReadOnlyList<SampleFailure> Failures => _failures;

    /// <summary>The images in order, batch by batch, without those that could not be read.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    internal IEnumerable<SampleBatch> Read(IReadOnlyList<Sample> samples, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<Decoded[]>? next = null;
        try
        {
            foreach (Sample[] chunk in samples.Chunk(batch).Append([]))
            {
                Task<Decoded[]>? ready = next;
                next = chunk.Length == 0 ? null : Task.Run(() => Decode(chunk, stop.Token), CancellationToken.None);
                if (ready is not null && Assemble(ready.GetAwaiter().GetResult()) is SampleBatch assembled)
                {
                    yield return assembled;
                }
            }
        }
        finally
        {
            stop.Cancel();
            next?.ContinueWith(task => task.Exception, TaskScheduler.Default).Wait(CancellationToken.None); // nobody wants the batch that was under way
        }
    }

    private Decoded[] Decode(Sample[] samples, CancellationToken cancellation)
    {
        var decoded = new Decoded[samples.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        Parallel.For(0, samples.Length, options, i => decoded[i] = Decode(samples[i]));
        return decoded;
    }

    private Decoded Decode(Sample sample)
    {
        try
        {
            return new Decoded(sample, preprocessor.Run(sample.Load()), "");
        }
        catch (Exception error) when (error is EspalierException or IOException or UnauthorizedAccessException)
        {
            return new Decoded(sample, null, error.Message);
        }
    }

    private SampleBatch? Assemble(Decoded[] decoded)
    {
        _failures.AddRange(decoded.Where(item => item.Input is null).Select(item => new SampleFailure(item.Sample, item.Reason)));
        Decoded[] good = [.. decoded.Where(item => item.Input is not null)];
        if (good.Length == 0)
        {
            return null;
        }

        Tensor input = Tensor.Zeros(preprocessor.Shape.Prepend(good.Length));
        int length = checked((int)preprocessor.Shape.Count);
        for (int i = 0; i < good.Length; i++)
        {
            good[i].Input!.Read<float>().CopyTo(input.Write<float>().Slice(i * length, length));
        }

        return new SampleBatch(input, [.. good.Select(item => item.Sample)]);
    }

    private readonly record struct Decoded(Sample Sample, Tensor? Input, string Reason);
}
