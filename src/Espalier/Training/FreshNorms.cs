using Espalier.Data;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Batch norms for a network that has none because another program folded them into the convolutions.</summary>
internal static class FreshNorms
{
    private const long MostValues = 1 << 27; // of all outputs of convolutions: 512 MiB
    private const int MostSamples = 64;

    /// <summary>The model with a norm after each convolution if the options say so; otherwise the model, and what to tell about a network whose norms were probably folded away.</summary>
    /// <param name="model">The model.</param>
    /// <param name="images">The training images.</param>
    /// <param name="options">The options of the training.</param>
    /// <exception cref="EspalierException">Norms are requested for a network that has norms, or no convolutions.</exception>
    internal static (Model Model, string? Note) Prepare(Model model, IDataset images, ImageTrainingOptions options) =>
        options.FreshNorms ? (Insert(model, images, options), null) : (model, Note(model));

    private static string? Note(Model model) => NormInsertion.Applies(model.Graph) && model.Metadata.Lineage.Any(entry => entry.Action is "import" or "fold")
        ? $"the network has no batch norms: they were folded into its convolutions, if it had any. {nameof(ImageTrainingOptions.FreshNorms)} (--fresh-norms) puts new ones after the convolutions, which change nothing before the first step; without them a low learning rate is needed"
        : null;

    private static Model Insert(Model model, IDataset images, ImageTrainingOptions options)
    {
        if (!NormInsertion.Applies(model.Graph))
        {
            throw new EspalierException($"{nameof(ImageTrainingOptions.FreshNorms)} (--fresh-norms) is for networks that have convolutions and no norms, and this network has {(model.Graph.Nodes.Any(node => node.Op is Conv2d) ? "norms" : "no convolutions")}");
        }

        long values = model.Graph.Nodes.Where(node => node.Op is Conv2d).Sum(node => (long)model.Graph.ShapeOf(node.Name).Count);
        int samples = (int)Math.Min(images.Count, Math.Clamp(MostValues / values, 2, MostSamples));
        var loader = new DataLoader(images, InputPipeline.Of(model), new DataLoaderOptions { BatchSize = samples, Seed = options.Training.Seed, Shuffle = true, Unreadable = UnreadableSamples.Replace });
        Tensor batch = loader.ReadEpoch().First().Images.Copy();
        return NormCalibration.Apply(model.ApplyAndRecord(new NormInsertion()), batch, options.Training.Runtime ?? Runtimes.Cpu);
    }
}
