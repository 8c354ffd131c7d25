using System.Text.Json;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Where a photo shows what makes the network see a class in it.</summary>
public sealed class ClassActivationMap : PhotoHeatMap
{
    internal ClassActivationMap(ExplainedPhoto photo, ClassActivationMethod method, string node, Prediction prediction, Size size, float[] values, string? note)
        : base(photo, NameOf(method), node, size, values)
    {
        (Method, Prediction, Note) = (method, prediction, note);
    }

    /// <summary>The method that was used: never <see cref="ClassActivationMethod.Auto"/>.</summary>
    public ClassActivationMethod Method { get; }

    /// <summary>The class, with its probability for the whole photo.</summary>
    public Prediction Prediction { get; }

    /// <summary>What is said about the method, such as why it was chosen; <see langword="null"/> for nothing.</summary>
    public string? Note { get; }

    /// <summary>The value with the darkest colour: 0, and for <see cref="ClassActivationMethod.Cam"/>, whose values have either sign, the least.</summary>
    public override float Low => Method == ClassActivationMethod.Cam ? Values.Span.ToArray().Min() : 0;

    /// <inheritdoc/>
    private protected override void WriteFacts(Utf8JsonWriter json)
    {
        ExplanationJson.Write(json, Prediction);
        json.WriteString("method", Kind);
    }

    /// <summary>The method's name, as on the command line.</summary>
    internal static string NameOf(ClassActivationMethod method) => method switch
    {
        ClassActivationMethod.Auto => "auto",
        ClassActivationMethod.Cam => "cam",
        ClassActivationMethod.GradCam => "grad-cam",
        ClassActivationMethod.ScoreCam => "score-cam",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "expected a method of class activation maps"),
    };
}
