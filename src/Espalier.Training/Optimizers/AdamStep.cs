namespace Espalier.Training;

/// <summary>The factors of one AdamW step, which are the same for every number of a parameter.</summary>
/// <param name="Keep">1 − ηλ.</param>
/// <param name="Rate">η / (1 − β₁ᵗ).</param>
/// <param name="Beta1">β₁.</param>
/// <param name="Share1">1 − β₁, rounded once.</param>
/// <param name="Beta2">β₂.</param>
/// <param name="Share2">1 − β₂, rounded once.</param>
/// <param name="Root">√(1 − β₂ᵗ).</param>
/// <param name="Epsilon">ε.</param>
internal readonly record struct AdamStep(float Keep, float Rate, float Beta1, float Share1, float Beta2, float Share2, float Root, float Epsilon);
