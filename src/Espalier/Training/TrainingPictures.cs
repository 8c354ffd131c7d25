using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>How a network takes the images of some data: at which size, and normalized how.</summary>
internal static class TrainingPictures
{
    /// <summary>The size of the data's images where they all have one, or else <see langword="null"/>: the network's usual one.</summary>
    internal static Size? SizeOf(IDataset data) => data.SampleShape is { } shape ? new Size(shape[1], shape[2]) : null;

    /// <summary>The model with a preprocessing of its own where it had none, as for gray images.</summary>
    internal static Model WithPreprocessing(Model model)
    {
        if (model.Metadata.Preprocessing is not null)
        {
            return model;
        }

        FeatureMap input = FeatureMap.Of(model.Graph.ShapeOf(model.Graph.Input.Name));
        Normalization usual = input.Channels == 1 ? Normalization.Mnist : Normalization.ImageNet;
        var preprocessing = new Preprocessing
        {
            Resize = Math.Min(input.Height, input.Width),
            Crop = input.Size,
            Normalization = usual,
        };
        return model.With(model.Metadata with { Preprocessing = preprocessing });
    }

    /// <summary>A network that was built for the data's classes, and the data with its outputs as classes.</summary>
    internal static (Model Model, MatchedTrainingData Data) Name(Model model, TrainingData data)
    {
        Model named = model.With(model.Metadata with { Labels = ValueList.From(data.Training.Labels) });
        OutputClasses outputs = OutputClasses.Of(named);
        return (named, new MatchedTrainingData(outputs.Match(data.Training), outputs.Match(data.Validation)));
    }
}
