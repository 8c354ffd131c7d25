using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier.Cli.Learning;

/// <summary>A trained model that others learn from.</summary>
internal sealed class Teacher(Model network, int threads) : IDisposable
{
    private readonly Predictor _predictor = new(network, new PredictorOptions { Threads = threads });

    /// <summary>The model as it was loaded.</summary>
    internal Model Network => network;

    /// <summary>Its logits for a batch of images.</summary>
    /// <exception cref="EspalierException">They are not finite.</exception>
    internal Tensor Run(Tensor images)
    {
        Tensor logits = _predictor.Run(images);
        FiniteOutput.Require(network, images, logits, "the teacher");
        return logits;
    }

    /// <inheritdoc/>
    public void Dispose() => _predictor.Dispose();
}
