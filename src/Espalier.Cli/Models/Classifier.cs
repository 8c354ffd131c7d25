using Espalier.Cli.Data;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier.Cli.Models;

/// <summary>A network that is ready for images.</summary>
/// <param name="predictor">The network.</param>
/// <param name="reader">Makes its batches.</param>
/// <param name="labels">The classes' names, or none.</param>
/// <param name="classes">How many classes it tells apart.</param>
internal sealed class Classifier(Predictor predictor, BatchReader reader, ValueList<string> labels, int classes) : IDisposable
{
    /// <summary>The classes' names, or none.</summary>
    internal ValueList<string> Labels => labels;

    /// <summary>How many classes it tells apart.</summary>
    internal int Classes => classes;

    /// <summary>The images that could not be read so far.</summary>
    internal IReadOnlyList<SampleFailure> Failures => reader.Failures;

    /// <summary>Runs the network on images and hands each one's logits on, in order.</summary>
    /// <exception cref="EspalierException">None of the images could be read.</exception>
    internal void Run(IReadOnlyList<Sample> samples, Action<Sample, ReadOnlyMemory<float>> use, CancellationToken cancellation)
    {
        int used = 0;
        foreach (SampleBatch batch in reader.Read(samples, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            float[] logits = predictor.Run(batch.Input).Read<float>().ToArray();
            for (int i = 0; i < batch.Samples.Count; i++)
            {
                use(batch.Samples[i], logits.AsMemory(i * classes, classes));
            }

            used += batch.Samples.Count;
        }

        if (used == 0)
        {
            throw new EspalierException(samples.Count == 1
                ? reader.Failures[0].ToString()
                : $"none of the {samples.Count} images could be read; the first: {reader.Failures[0]}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => predictor.Dispose();
}
