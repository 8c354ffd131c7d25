using Espalier.Data;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Shows all images of a data set to a network, batch by batch.</summary>
/// <param name="model">The network, its labels and its preprocessing.</param>
/// <param name="predictor">The network, ready to run; stays the caller's.</param>
/// <param name="pipeline">Makes its inputs.</param>
/// <param name="loading">How images are read.</param>
internal sealed class DatasetClassifier(Model model, IRunnable predictor, InputPipeline pipeline, DataLoaderOptions loading)
{
    /// <summary>The images of the last run that could not be read; those that it came to, where it did not come to its end.</summary>
    internal IReadOnlyList<SampleFailure> Failures { get; private set; } = [];

    /// <summary>Runs the network on images and hands each one's place and logits on, in order.</summary>
    /// <param name="images">The images.</param>
    /// <param name="use">Takes each one's place and logits.</param>
    /// <param name="progress">Is told how many images are done, those that could not be read included, or <see langword="null"/>.</param>
    /// <param name="cancellation">When to stop.</param>
    /// <exception cref="EspalierException">None of the images could be read, or logits are not finite: then the message names the layer.</exception>
    internal void Run(IDataset images, Action<int, ReadOnlyMemory<float>> use, IProgress<int>? progress, CancellationToken cancellation)
    {
        var loader = new DataLoader(images, pipeline, loading);
        (int used, int last) = (0, 0);
        try
        {
            foreach (Batch batch in loader.ReadEpoch(cancellation))
            {
                cancellation.ThrowIfCancellationRequested();
                int failed = loader.FailureCount; // those of this batch included
                Use(batch, (index, logits) =>
                {
                    use(index, logits);
                    used++;
                    progress?.Report(used + failed);
                });
                last = used + failed;
            }

            if (used + loader.FailureCount > last)
            {
                progress?.Report(used + loader.FailureCount); // whole batches at the end could not be read
            }
        }
        finally
        {
            Failures = loader.Failures;
        }

        if (used == 0)
        {
            throw new EspalierException(images.Count == 1
                ? Failures[0].ToString()
                : $"none of the {images.Count} images could be read; the first: {Failures[0]}");
        }
    }

    private void Use(Batch batch, Action<int, ReadOnlyMemory<float>> use)
    {
        Tensor output = predictor.Run(batch.Images);
        FiniteOutput.Require(model, batch.Images, output);
        float[] logits = output.Read<float>().ToArray();
        int classes = logits.Length / batch.Count;
        for (int i = 0; i < batch.Count; i++)
        {
            use(batch.Indices[i], logits.AsMemory(i * classes, classes));
        }
    }
}
