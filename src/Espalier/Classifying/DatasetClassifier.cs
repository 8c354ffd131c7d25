using Espalier.Data;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Runs a network on all images of a data set, batch by batch; several processes compute the batches in turn.</summary>
/// <param name="model">The model.</param>
/// <param name="predictor">The prepared model; it is not disposed.</param>
/// <param name="pipeline">The preprocessing of the images.</param>
/// <param name="loading">The options of the data loader.</param>
internal sealed class DatasetClassifier(Model model, IRunnable predictor, InputPipeline pipeline, DataLoaderOptions loading)
{
    /// <summary>The images of the last run that could not be read.</summary>
    internal IReadOnlyList<SampleFailure> Failures { get; private set; } = [];

    /// <summary>Runs the network on images and calls <paramref name="use"/> with the index and logits of each, in order.</summary>
    /// <param name="images">The images.</param>
    /// <param name="use">Receives the index and logits of each image, in all processes.</param>
    /// <param name="progress">Receives the number of images that are done, including those that could not be read; or <see langword="null"/>.</param>
    /// <param name="work">The processes that share the images, and what cancels them; checked between batches.</param>
    /// <exception cref="EspalierException">None of the images could be read, or logits are not finite; the message names the layer that causes it.</exception>
    internal void Run(IDataset images, Action<int, ReadOnlyMemory<float>> use, IProgress<int>? progress, SharedWork work)
    {
        int size = Math.Min(loading.BatchSize, (images.Count + work.Count - 1) / work.Count); // so that a small data set occupies all processes
        var batches = new SharedBatches(images, loading with { BatchSize = size }, work);
        int length = checked((int)model.Graph.ShapeOf(model.Graph.Outputs[0]).Count), done = 0, used = 0;
        try
        {
            batches.Run(pipeline, length, Logits, (indices, logits) =>
            {
                int end = Math.Min(images.Count, done + size);
                int failed = end - done - indices.Length;
                done += failed;
                used += indices.Length;
                for (int i = 0; i < indices.Length; i++)
                {
                    use(indices[i], logits.AsMemory(i * length, length));
                    progress?.Report(++done);
                }

                if (indices.Length == 0)
                {
                    progress?.Report(done);
                }
            });
        }
        finally
        {
            Failures = batches.Failures;
        }

        if (used == 0)
        {
            throw new EspalierException(images.Count == 1
                ? Failures[0].ToString()
                : $"none of the {images.Count} images could be read; the first: {Failures[0]}");
        }
    }

    private float[] Logits(Batch batch)
    {
        Tensor output = predictor.Run(batch.Images);
        FiniteOutput.Require(model, batch.Images, output);
        return output.Read<float>().ToArray();
    }
}
