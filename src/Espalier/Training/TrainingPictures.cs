using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Determines the input size and preprocessing of a network for given data.</summary>
internal static class TrainingPictures
{
    /// <summary>The common size of the data's images; <see langword="null"/> if sizes differ, for the default of the architecture.</summary>
    internal static Size? SizeOf(IDataset data) => data.SampleShape is { } shape ? new Size(shape[1], shape[2]) : null;

    /// <summary>Adds preprocessing to a model that has none, such as one for gray images.</summary>
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

    /// <summary>Gives a network the class names of the data as labels, and matches the data to it.</summary>
    internal static (Model Model, MatchedTrainingData Data) Name(Model model, TrainingData data)
    {
        Model named = model.With(model.Metadata with { Labels = ValueList.From(data.Training.Labels) });
        OutputClasses outputs = OutputClasses.Of(named);
        return (named, new MatchedTrainingData(outputs.Match(data.Training), outputs.Match(data.Validation)));
    }
}
