using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Whether a model can be trained, and on such data.</summary>
internal static class TrainingData
{
    internal static void Require(Model model, DataLoader data)
    {
        Graph graph = model.Graph;
        Shape input = graph.ShapeOf(graph.Input.Name);
        Shape output = graph.ShapeOf(graph.Outputs[0]);
        if (input != data.Pipeline.Shape)
        {
            throw new EspalierException($"the network takes {input}, but the data's images are {data.Pipeline.Shape} once prepared");
        }

        if (output.Rank != 1)
        {
            throw new EspalierException($"the network is no classifier: its output is {output}, expected one number for each class");
        }

        if (graph[graph.Outputs[0]].Op is Softmax)
        {
            throw new EspalierException("the network ends with a softmax; training needs the logits before it");
        }

        int classes = data.Dataset.Labels.Count;
        if (classes > output[0])
        {
            throw new EspalierException($"the data has {classes} classes, but the network tells only {output[0]} apart");
        }

        RequireLabels(data.Dataset, output[0]);
        RequireFinite(model);
    }

    // Later it would look like a training that diverged.
    private static void RequireFinite(Model model)
    {
        foreach ((string name, Parameter parameter) in model.Parameters)
        {
            ReadOnlySpan<float> numbers = parameter.Effective.To(ElementType.Float32).Read<float>();
            if (NonFinite.IndexOf(numbers) is int at and >= 0)
            {
                throw new EspalierException(FormattableString.Invariant($"'{name}' holds {numbers[at]}: there is nothing to learn from such a network"));
            }
        }
    }

    private static void RequireLabels(IDataset data, int classes)
    {
        for (int i = 0; i < data.Count; i++)
        {
            int label = data.LabelOf(i);
            if (label < 0 || label >= classes)
            {
                throw new EspalierException(label < 0
                    ? $"{data.NameOf(i)}: its class is not known"
                    : $"{data.NameOf(i)} is of class {label}, but the network tells only {classes} apart");
            }
        }
    }
}
