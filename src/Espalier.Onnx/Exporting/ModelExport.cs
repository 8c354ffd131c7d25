using Espalier.Graphs;
using Espalier.Onnx.Proto;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Makes the content of an ONNX file of a model.</summary>
internal static class ModelExport
{
    private const string Probabilities = "probabilities";

    /// <summary>The whole file, with all parameters in it.</summary>
    /// <exception cref="EspalierException">The options do not fit the model, or a batch norm has no running statistics.</exception>
    internal static ModelProto Create(Model model, OnnxWriteOptions options)
    {
        BatchStatistics.RequireRunning(model.Graph);
        model = StandardizationRemoval.Changes(model) ? model.Apply(new StandardizationRemoval()) : model; // ONNX's convolutions use their weights as they are
        var target = new ExportedGraph(model.Graph, options.Opset);
        var input = InputExport.Of(model, options);
        var integers = new IntegerValues(model);
        foreach (Node node in model.Graph.Nodes)
        {
            ExportTable.Write(new NodeExport(target, model, node, integers), input);
        }

        AddOutputs(target, model.Graph, options);
        target.Proto.Name = model.Metadata.Architecture.Length > 0 ? model.Metadata.Architecture : "network";
        var file = new ModelProto
        {
            IrVersion = IrVersion(options.Opset),
            ProducerName = "Espalier",
            ProducerVersion = typeof(ModelExport).Assembly.GetName().Version?.ToString(3) ?? "",
            Graph = target.Proto,
        };
        file.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = options.Opset });
        file.MetadataProps.AddRange(OnnxMetadata.Write(model.Metadata));
        if (options.WithPreprocessing)
        {
            file.MetadataProps.AddRange(OnnxMetadata.WritePixelInput(model));
        }

        return file;
    }

    private static void AddOutputs(ExportedGraph target, Graph graph, OnnxWriteOptions options)
    {
        for (int i = 0; i < graph.Outputs.Count; i++)
        {
            (string name, Shape shape) = (graph.Outputs[i], graph.ShapeOf(graph.Outputs[i]));
            string value = target.ValueOf(name);
            if (i == 0 && NeedsSoftmax(graph, options))
            {
                value = Add(target, Probabilities, "Softmax", value, [OnnxAttribute.Integer("axis", 1)]);
            }
            else if (graph[name].Op is Input) // ONNX has no graph that returns its input
            {
                value = Add(target, $"{name}/Identity", "Identity", value, []);
            }

            target.AddOutput(value, shape);
        }
    }

    private static string Add(ExportedGraph target, string name, string type, string value, ReadOnlySpan<AttributeProto> attributes)
    {
        string unique = target.Unique(name);
        return target.AddNode(unique, type, [value], unique, attributes);
    }

    private static bool NeedsSoftmax(Graph graph, OnnxWriteOptions options)
    {
        string output = graph.Outputs[0];
        bool isVector = graph.ShapeOf(output).Rank == 1;
        bool wanted = options.Softmax ?? (options.WithPreprocessing && isVector);
        return wanted && !isVector
            ? throw new EspalierException($"output '{output}' has the shape {graph.ShapeOf(output)}; softmax needs a vector of logits")
            : wanted && graph[output].Op is not Softmax;
    }

    /// <summary>The version of the file's structure that the ONNX release of an opset wrote.</summary>
    private static int IrVersion(int opset) => opset switch
    {
        < 15 => 7,
        < 19 => 8,
        < 21 => 9,
        _ => 10,
    };
}
