namespace Espalier.Cli;

/// <summary>What the network says about one picture.</summary>
/// <param name="File">The picture.</param>
/// <param name="Truth">What it shows.</param>
/// <param name="Answer">What the network takes it for.</param>
/// <param name="Probability">How sure it is.</param>
internal readonly record struct ShapeAnswer(string File, string Truth, string Answer, double Probability);
