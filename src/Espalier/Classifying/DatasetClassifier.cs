using Espalier.Data;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Runs a network on all images of a data set, batch by batch.</summary>
/// <param name="model">The model.</param>
/// <param name="predictor">The prepared model; it is not disposed.</param>
/// <param name="pipeline">The preprocessing of the images.</param>
/// <param name="loading">The options of the data loader.</param>
internal sealed class DatasetClassifier(Model model, IRunnable predictor, InputPipeline pipeline, DataLoaderOptions loading)
{
    /// <summary>The images of the last run that could not be read, up to the point where it ended.</summary>
    internal IReadOnlyList<SampleFailure> Failures { get; private set; } = [];

    /// <summary>Runs the network on images and calls <paramref name="use"/> with the index and logits of each, in order.</summary>
    /// <param name="images">The images.</param>
    /// <param name="use">Receives the index and logits of each image.</param>
    /// <param name="progress">Receives the number of images that are done, including those that could not be read; or <see langword="null"/>.</param>
    /// <param name="cancellation">Cancels the run; checked between batches.</param>
    /// <exception cref="EspalierException">None of the images could be read, or logits are not finite; the message names the layer that causes it.</exception>
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
